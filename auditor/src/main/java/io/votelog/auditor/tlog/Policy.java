// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.tlog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A policy: which logs are trusted, and which witnesses must cosign a checkpoint (c2sp.org/tlog-policy). Keys are
 * Ed25519, of type 0x01 for logs and 0x04 for witnesses, or ML-DSA-44, of type 0x06 for both, where Java has that
 * algorithm, from version 24 on. A log or a witness with a key of an unsupported type never counts, and does not affect
 * the others.
 *
 * <p>The file is read as bytes: names and comments may hold any bytes above 0x7F, whatever their encoding.
 */
public final class Policy {
    /** The longest policy, in bytes. */
    public static final int LONGEST = 1 << 20;

    private static final int MOST_OF_A_KIND = 256;
    private static final String NONE = "none";
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private final List<Log> logs = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    private final List<byte[]> logKeys = new ArrayList<>();
    private final List<byte[]> witnessKeys = new ArrayList<>();
    /** Witnesses and groups by name, in the file's order, in which a group's members come before the group. */
    private final Map<String, Member> members = new LinkedHashMap<>();

    private final Set<String> grouped = new HashSet<>();
    private int groups;
    private @Nullable String quorum;

    /**
     * A log of the policy.
     *
     * @param key the log's key; its name is the origin of the log's checkpoints
     * @param url the log's URL; null where the policy names none
     */
    public record Log(NoteVerifier key, @Nullable String url) {
        /** The origin of its checkpoints. */
        public String name() {
            return key.name();
        }
    }

    /**
     * A witness.
     *
     * @param name of the witness in this policy
     * @param key that checks its cosignatures
     * @param url the URL to which checkpoints are submitted; null where the policy names none
     */
    public record Witness(String name, CosignatureVerifier key, @Nullable String url) {}

    /**
     * A valid cosignature on a checkpoint.
     *
     * @param witness its name in this policy
     * @param time of the cosignature, by the witness's clock
     */
    public record Cosignature(String witness, Instant time) {}

    /**
     * The times that a cosignature may have, both ends included.
     *
     * @param from the earliest time
     * @param to the latest time; it leaves room for a witness's clock that is a little ahead of this machine's
     */
    public record Times(Instant from, Instant to) {
        /** Whether a cosignature of this time counts. */
        public boolean holds(Instant time) {
            return !time.isBefore(from) && !time.isAfter(to);
        }

        /** Why a cosignature of this time does not count. */
        public String why(Instant time) {
            return time.isAfter(to)
                    ? "which is in the future: it does not count"
                    : "which is too old: it does not count";
        }
    }

    /** A witness or a group. Names are compared byte for byte; here each byte is a character of ISO 8859-1. */
    private sealed interface Member {
        String id();
    }

    /**
     * @param witness null where its key is of an unsupported type
     */
    private record Single(String id, @Nullable Witness witness, String type) implements Member {}

    private record Group(String id, int needed, List<Member> of) implements Member {}

    private Policy() {}

    /**
     * Reads a policy.
     *
     * @param bytes the file, each line with its newline
     * @throws TlogException when the file is no policy; the message begins with the number of the line
     */
    public static Policy parse(byte[] bytes) {
        Policy policy = new Policy();
        if (bytes.length > LONGEST) {
            throw new TlogException("a policy of %d bytes; at most %d are read".formatted(bytes.length, LONGEST));
        }
        String file = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!file.isEmpty() && !file.endsWith("\n")) {
            throw at(file.split("\n", -1).length, "it has no newline at its end; the file may have been cut");
        }
        String[] lines = file.split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i++) {
            try {
                policy.line(lines[i]);
            } catch (TlogException e) {
                throw at(i + 1, String.valueOf(e.getMessage()));
            }
        }
        if (policy.quorum == null) {
            throw at(
                    Math.max(1, lines.length - 1),
                    "no line says which quorum is needed: 'quorum NAME', or 'quorum none'");
        }
        return policy;
    }

    /**
     * A word for error messages and for use as text: its bytes decoded as UTF-8, or as ISO 8859-1 where they are no
     * UTF-8.
     */
    private static String shown(String word) {
        String text = StrictEncoding.utf8(word.getBytes(StandardCharsets.ISO_8859_1));
        return text == null ? word : text;
    }

    private static TlogException at(int line, String what) {
        return new TlogException("line %d of the policy: %s".formatted(line, what));
    }

    private void line(String line) {
        if (line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F)) {
            throw new TlogException("control characters but tab and newline are not allowed");
        }
        List<String> words =
                BLANKS.splitAsStream(line).filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty() || words.get(0).startsWith("#")) {
            return;
        }
        switch (words.get(0)) {
            case "log" -> log(words);
            case "witness" -> witness(words);
            case "group" -> group(words);
            case "quorum" -> quorum(words);
            default ->
                throw new TlogException(
                        "'%s' is none of log, witness, group and quorum".formatted(shown(words.get(0))));
        }
    }

    private void log(List<String> words) {
        checkWords(words, 2, 3, "log VKEY [URL]");
        KeyText key = KeyText.parse(shown(words.get(1)));
        checkNew(logKeys, key, "log");
        if (isKnown(key)) {
            logs.add(new Log(NoteVerifier.parse(key.text()), words.size() > 2 ? shown(words.get(2)) : null));
        }
    }

    private void witness(List<String> words) {
        checkWords(words, 3, 4, "witness NAME VKEY [URL]");
        KeyText key = KeyText.parse(shown(words.get(2)));
        checkNew(witnessKeys, key, "witness");
        String type = key.type() == KeyText.ML_DSA_44
                ? "0x06 (ML-DSA-44, which Java has from version 24 on)"
                : "0x%02x".formatted(key.type());
        Witness witness = null;
        if (isKnown(key)) {
            witness = new Witness(
                    shown(words.get(1)),
                    CosignatureVerifier.parse(key.text()),
                    words.size() > 3 ? shown(words.get(3)) : null);
            witnesses.add(witness);
        }
        define(new Single(words.get(1), witness, type));
    }

    /**
     * Whether keys of this type can be used here.
     *
     * @throws TlogException when a key whose type can't be used is none of that type
     */
    private static boolean isKnown(KeyText key) {
        if (key.type() == KeyText.ML_DSA_44) {
            key.checkRest();
            return MlDsa44.known();
        }
        return key.type() == KeyText.ED25519 || key.type() == KeyText.COSIGNATURE;
    }

    private static void checkNew(List<byte[]> keys, KeyText key, String whose) {
        if (keys.stream().anyMatch(other -> Arrays.equals(other, key.raw()))) {
            throw new TlogException("this key is another %s's already".formatted(whose));
        }
        checkCount(keys.size(), whose.equals("log") ? "logs" : "witnesses");
        keys.add(key.raw());
    }

    private void group(List<String> words) {
        checkWords(words, 4, Integer.MAX_VALUE, "group NAME all|any|NUMBER MEMBER...");
        checkCount(groups++, "groups");
        List<Member> of = new ArrayList<>();
        for (String name : words.subList(3, words.size())) {
            Member member = members.get(name);
            if (member == null) {
                throw new TlogException("no line above defines '%s'".formatted(shown(name)));
            }
            if (!grouped.add(name)) {
                throw new TlogException(
                        "'%s' is a member of a group already, and may be one once".formatted(shown(name)));
            }
            of.add(member);
        }
        define(new Group(words.get(1), needed(words.get(2), of.size()), of));
    }

    private static int needed(String word, int members) {
        OptionalLong number =
                switch (word) {
                    case "any" -> OptionalLong.of(1);
                    case "all" -> OptionalLong.of(members);
                    default -> StrictEncoding.decimal(word);
                };
        if (number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > members) {
            throw new TlogException("'%s' of %d members: all, any or a number from 1 to %d is needed"
                    .formatted(shown(word), members, members));
        }
        return (int) number.getAsLong();
    }

    private void quorum(List<String> words) {
        checkWords(words, 2, 2, "quorum NAME");
        String name = words.get(1);
        if (quorum != null) {
            throw new TlogException("there is a line with a quorum already");
        }
        if (!name.equals(NONE) && !members.containsKey(name)) {
            throw new TlogException("no line above defines '%s'".formatted(shown(name)));
        }
        quorum = name;
    }

    private void define(Member member) {
        if (member.id().equals(NONE)) {
            throw new TlogException("'none' can't be defined: it is the quorum of no witness");
        }
        if (members.putIfAbsent(member.id(), member) != null) {
            throw new TlogException("'%s' is defined already".formatted(shown(member.id())));
        }
    }

    private static void checkWords(List<String> words, int least, int most, String form) {
        if (words.size() < least || words.size() > most) {
            throw new TlogException("%d words; '%s' is needed".formatted(words.size(), form));
        }
    }

    private static void checkCount(int count, String what) {
        if (count >= MOST_OF_A_KIND) {
            throw new TlogException("more than %d %s".formatted(MOST_OF_A_KIND, what));
        }
    }

    /** The logs with keys of a supported type, in the file's order. */
    public List<Log> logs() {
        return List.copyOf(logs);
    }

    /** The witnesses with keys of a supported type, in the file's order. */
    public List<Witness> witnesses() {
        return List.copyOf(witnesses);
    }

    /** The log of this policy that signed a checkpoint, and whose name is the checkpoint's origin. */
    public Optional<Log> signer(SignedNote checkpoint) {
        String origin = Checkpoint.parse(checkpoint.text()).origin();
        return logs.stream()
                .filter(log -> log.name().equals(origin) && checkpoint.signedBy(log.key()))
                .findFirst();
    }

    /** The valid cosignatures of this policy's witnesses on a checkpoint, in the file's order. */
    public List<Cosignature> cosignatures(SignedNote checkpoint) {
        List<Cosignature> cosignatures = new ArrayList<>();
        for (Witness witness : witnesses) {
            witness.key()
                    .cosigned(checkpoint)
                    .ifPresent(time -> cosignatures.add(new Cosignature(witness.name(), time)));
        }
        return cosignatures;
    }

    /**
     * Whether a log of this policy signed the checkpoint, and enough witnesses cosigned it. Where the policy names no
     * log, the caller must check the log's signature.
     */
    boolean met(SignedNote checkpoint, Times times) {
        return missing(checkpoint, times).isEmpty();
    }

    /** What is missing for {@link #met}, in a sentence; empty when nothing is. */
    public String missing(SignedNote checkpoint, Times times) {
        String origin;
        try {
            origin = Checkpoint.parse(checkpoint.text()).origin();
        } catch (TlogException malformed) {
            return String.valueOf(malformed.getMessage());
        }
        if (!logKeys.isEmpty() && signer(checkpoint).isEmpty()) {
            return "the checkpoint of '%s' is not signed by a log of that name that the policy names: %s"
                    .formatted(origin, logs.stream().map(Log::name).collect(Collectors.joining(", ")));
        }
        return missingQuorum(checkpoint, times);
    }

    /** The same as {@link #missing} for the witnesses alone; the log's signature is not checked. */
    public String missingQuorum(SignedNote checkpoint, Times times) {
        Member needed = quorum == null ? null : members.get(quorum);
        Set<String> met = metMembers(checkpoint, times);
        return needed == null || met.contains(needed.id()) ? "" : "the quorum is not met: " + lack(needed, met);
    }

    private Set<String> metMembers(SignedNote checkpoint, Times times) {
        Set<String> met = new HashSet<>();
        for (Member member : members.values()) {
            if (member instanceof Group group && count(group, met) >= group.needed()
                    || member instanceof Single single
                            && single.witness() != null
                            && single.witness()
                                    .key()
                                    .cosigned(checkpoint)
                                    .filter(times::holds)
                                    .isPresent()) {
                met.add(member.id());
            }
        }
        return met;
    }

    private static long count(Group group, Set<String> met) {
        return group.of().stream().filter(member -> met.contains(member.id())).count();
    }

    private static String lack(Member member, Set<String> met) {
        String name = shown(member.id());
        if (member instanceof Group group) {
            List<String> rest = new ArrayList<>();
            for (Member part : group.of()) {
                if (!met.contains(part.id())) {
                    rest.add(lack(part, met));
                }
            }
            return "%s has %d of %d that it needs (%s)"
                    .formatted(name, count(group, met), group.needed(), String.join(", ", rest));
        }
        return member instanceof Single single && single.witness() == null
                ? "%s's key is of the type %s, which is not known here: it never counts".formatted(name, single.type())
                : "%s did not cosign it".formatted(name);
    }
}
