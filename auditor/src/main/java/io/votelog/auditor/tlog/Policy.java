package io.votelog.auditor.tlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which witnesses must have cosigned a checkpoint for it to be trusted (C2SP tlog-policy). */
public final class Policy {
    private static final String NONE = "none";

    private final List<NoteVerifier> logs = new ArrayList<>();
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private @Nullable String quorum;

    private Policy() {}

    /**
     * A witness.
     *
     * @param name within the policy
     * @param url where it is asked, if the policy says so
     */
    public record Witness(String name, CosignatureVerifier key, Optional<String> url) {}

    private record Group(int least, List<String> members) {}

    /** @throws TlogException that names the first line that is wrong */
    public static Policy parse(String file) {
        Policy policy = new Policy();
        Set<String> members = new HashSet<>();
        int number = 0;
        for (String line : file.split("\n", -1)) {
            number++;
            List<String> words = Arrays.stream(line.split("[ \t]+"))
                    .filter(word -> !word.isEmpty())
                    .toList();
            if (words.isEmpty() || words.get(0).startsWith("#")) {
                continue;
            }
            try {
                policy.take(words, members);
            } catch (TlogException e) {
                throw new TlogException("line %d: %s".formatted(number, e.getMessage()), e);
            }
        }
        if (policy.quorum == null) {
            throw new TlogException("no quorum: a line 'quorum NAME' is needed, or 'quorum none'");
        }
        return policy;
    }

    private void take(List<String> words, Set<String> members) {
        switch (words.get(0)) {
            case "log" -> {
                words(words, 2, 3, "log VKEY [URL]");
                logs.add(NoteVerifier.parse(words.get(1)));
            }
            case "witness" -> {
                words(words, 3, 4, "witness NAME VKEY [URL]");
                CosignatureVerifier key = CosignatureVerifier.parse(words.get(2));
                if (witnesses.values().stream()
                        .anyMatch(other -> Arrays.equals(other.key().key(), key.key()))) {
                    throw new TlogException("the key of %s is another witness's too".formatted(words.get(1)));
                }
                witnesses.put(
                        fresh(words.get(1)),
                        new Witness(
                                words.get(1), key, words.size() == 4 ? Optional.of(words.get(3)) : Optional.empty()));
            }
            case "group" -> {
                words(words, 4, Integer.MAX_VALUE, "group NAME all|any|K MEMBER...");
                List<String> of = words.subList(3, words.size());
                for (String member : of) {
                    known(member);
                    if (!members.add(member)) {
                        throw new TlogException("%s is in a group already".formatted(member));
                    }
                }
                groups.put(fresh(words.get(1)), new Group(least(words.get(2), of.size()), List.copyOf(of)));
            }
            case "quorum" -> {
                words(words, 2, 2, "quorum NAME");
                if (quorum != null) {
                    throw new TlogException("there is a quorum already");
                }
                if (!words.get(1).equals(NONE)) {
                    known(words.get(1));
                }
                quorum = words.get(1);
            }
            default ->
                throw new TlogException("'%s'; log, witness, group or quorum is allowed".formatted(words.get(0)));
        }
    }

    private static void words(List<String> words, int least, int most, String form) {
        if (words.size() < least || words.size() > most) {
            throw new TlogException("'%s' is needed".formatted(form));
        }
    }

    private String fresh(String name) {
        if (name.equals(NONE) || witnesses.containsKey(name) || groups.containsKey(name)) {
            throw new TlogException("the name %s is taken".formatted(name));
        }
        return name;
    }

    private void known(String name) {
        if (!witnesses.containsKey(name) && !groups.containsKey(name)) {
            throw new TlogException("no witness or group above is named %s".formatted(name));
        }
    }

    private static int least(String text, int of) {
        if (text.equals("all")) {
            return of;
        }
        if (text.equals("any")) {
            return 1;
        }
        if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > of) {
            throw new TlogException(
                    "'%s' of %d; all, any, or a number from 1 to %d is allowed".formatted(text, of, of));
        }
        return Integer.parseInt(text);
    }

    /** The logs that it accepts; none where it leaves that open. */
    public List<NoteVerifier> logs() {
        return List.copyOf(logs);
    }

    /** Every witness that it knows. */
    public List<Witness> witnesses() {
        return List.copyOf(witnesses.values());
    }

    /** Whether the quorum has cosigned this checkpoint. Who signed it is looked at elsewhere. */
    public boolean met(SignedNote checkpoint) {
        return NONE.equals(quorum) || cosigned(String.valueOf(quorum), checkpoint);
    }

    private boolean cosigned(String name, SignedNote checkpoint) {
        Witness witness = witnesses.get(name);
        if (witness != null) {
            return witness.key().cosigned(checkpoint).isPresent();
        }
        Group group = groups.get(name);
        return group != null
                && group.members().stream()
                                .filter(member -> cosigned(member, checkpoint))
                                .count()
                        >= group.least();
    }

    /** Which witnesses have not cosigned it, in words. */
    public String missing(SignedNote checkpoint) {
        List<String> missing = witnesses.values().stream()
                .filter(witness -> witness.key().cosigned(checkpoint).isEmpty())
                .map(Witness::name)
                .toList();
        return "the quorum %s is not met without %s".formatted(quorum, String.join(", ", missing));
    }
}
