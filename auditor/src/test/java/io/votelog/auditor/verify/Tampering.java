// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.verify;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changes of what a page is given, one at a time. */
final class Tampering {
    private static final Base64.Decoder DECODER = Base64.getDecoder();
    private static final Base64.Encoder ENCODER = Base64.getEncoder();
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private final Random random;

    /** A case: what was done, and all that is given then. */
    record Case(String what, Map<String, Object> given) {}

    final List<Case> cases = new ArrayList<>();

    Tampering(Random random) {
        this.random = random;
    }

    /** A case in which one member is another. */
    void with(String what, Map<String, Object> given, String member, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(given);
        if (value == null) {
            changed.remove(member);
        } else {
            changed.put(member, value);
        }
        cases.add(new Case(what + ": " + member, changed));
    }

    /** Every line of a file that lines and base64 make: taken out, doubled, moved, changed by a letter, by white space, by bits. */
    void lines(String what, Map<String, Object> given, String member) {
        String text = (String) given.get(member);
        List<String> lines = Arrays.asList(text.split("\n", -1));
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            String where = "%s, line %d".formatted(what, at + 1);
            with(where + " is taken out", given, member, replaced(lines, at));
            with(where + " stands twice", given, member, replaced(lines, at, line, line));
            with(where + " ends with a space", given, member, replaced(lines, at, line + " "));
            with(where + " ends with a carriage return", given, member, replaced(lines, at, line + "\r"));
            if (at > 0) {
                List<String> swapped = new ArrayList<>(lines);
                swapped.set(at, lines.get(at - 1));
                swapped.set(at - 1, line);
                with(where + " is moved up", given, member, String.join("\n", swapped));
            }
            if (!line.isEmpty()) {
                for (int n = 0; n < 3; n++) {
                    int letter = random.nextInt(line.length());
                    with(
                            where + ", letter %d is another".formatted(letter),
                            given,
                            member,
                            replaced(lines, at, letter(line, letter)));
                }
            }
            bits(where, given, member, lines, at);
        }
    }

    private void bits(String where, Map<String, Object> given, String member, List<String> lines, int at) {
        String line = lines.get(at);
        int space = line.lastIndexOf(' ') + 1;
        byte[] bytes;
        try {
            bytes = DECODER.decode(line.substring(space));
        } catch (IllegalArgumentException e) {
            return;
        }
        if (bytes.length < 13) {
            return;
        }
        for (int n = 0; n < bytes.length; n++) {
            byte[] changed = bytes.clone();
            changed[n] ^= (byte) (1 << random.nextInt(8));
            with(
                    "%s, byte %d is another".formatted(where, n),
                    given,
                    member,
                    replaced(lines, at, line.substring(0, space) + ENCODER.encodeToString(changed)));
        }
        for (int length : List.of(0, 1, 4, 31, bytes.length - 1, bytes.length + 1)) {
            String other = ENCODER.encodeToString(Arrays.copyOf(bytes, length));
            with(
                    "%s has %d bytes".formatted(where, length),
                    given,
                    member,
                    replaced(lines, at, line.substring(0, space) + other));
        }
        String bare = line.replace("=", "");
        with(where + " has no padding", given, member, replaced(lines, at, bare));
        with(where + " has bits behind its end", given, member, replaced(lines, at, bitsBehind(line)));
        if (line.startsWith("— ") && bytes.length == 68) {
            with(
                    where + ", its signature has the order added",
                    given,
                    member,
                    replaced(lines, at, line.substring(0, space) + ENCODER.encodeToString(malleable(bytes))));
        }
    }

    /** The same bytes in a text that decoders take, and that is not theirs. */
    private static String bitsBehind(String line) {
        int end = line.indexOf('=');
        if (end < 1) {
            return line;
        }
        return line.substring(0, end - 1) + (char) (line.charAt(end - 1) + 1) + line.substring(end);
    }

    /** An Ed25519 signature whose second half has the group's order added, which careless verifiers take as well. */
    private static byte[] malleable(byte[] signature) {
        byte[] reversed = new byte[32];
        for (int at = 0; at < 32; at++) {
            reversed[at] = signature[signature.length - 1 - at];
        }
        byte[] sum = new BigInteger(1, reversed).add(ORDER).toByteArray();
        byte[] changed = signature.clone();
        for (int at = 0; at < 32; at++) {
            changed[changed.length - 1 - at] = at < 32 - sum.length ? 0 : sum[sum.length - 32 + at];
        }
        return changed;
    }

    private static String replaced(List<String> lines, int at, String... by) {
        List<String> changed = new ArrayList<>(lines.subList(0, at));
        changed.addAll(List.of(by));
        changed.addAll(lines.subList(at + 1, lines.size()));
        return String.join("\n", changed);
    }

    private String letter(String text, int at) {
        String letters = "Aa0z9/+-_= \t—é\u00a0{}\"\\,:";
        char other = letters.charAt(random.nextInt(letters.length()));
        return text.substring(0, at) + (other == text.charAt(at) ? 'B' : other) + text.substring(at + 1);
    }

    /** So many letters of a text, each changed, taken out or doubled. */
    void letters(String what, Map<String, Object> given, String member, int count) {
        String text = (String) given.get(member);
        for (int n = 0; n < count; n++) {
            int at = random.nextInt(text.length());
            String changed =
                    switch (random.nextInt(4)) {
                        case 0 -> text.substring(0, at) + text.substring(at + 1);
                        case 1 -> text.substring(0, at) + text.charAt(at) + text.substring(at);
                        default -> letter(text, at);
                    };
            with("%s, letter %d".formatted(what, at), given, member, changed);
        }
    }

    /** A text in which what matches is another; what does not match is an error of the test. */
    void replaced(String what, Map<String, Object> given, String member, String pattern, String by) {
        String text = (String) given.get(member);
        String changed = text.replaceFirst(pattern, by);
        if (changed.equals(text)) {
            throw new AssertionError("%s has nothing like %s: %s".formatted(member, pattern, text));
        }
        with("%s, %s is %s".formatted(what, pattern, by), given, member, changed);
    }
}
