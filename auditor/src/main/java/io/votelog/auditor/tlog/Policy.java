package io.votelog.auditor.tlog;

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
 * Which logs are known, and whose cosignatures a checkpoint needs (c2sp.org/tlog-policy). Keys are Ed25519: of type 0x01 for
 * logs, 0x04 for witnesses; a policy that names others is refused rather than weakened.
 */
public final class Policy {
    private static final int LONGEST = 1 << 20;
    private static final int MOST_OF_A_KIND = 256;
    private static final String NONE = "none";
    private static final Pattern BLANKS = Pattern.compile("[ \t]+");

    private final List<Log> logs = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    /** Witnesses and groups by name, in the file's order: a group's members stand before it. */
    private final Map<String, Member> members = new LinkedHashMap<>();

    private final Set<String> grouped = new HashSet<>();
    private int groups;
    private @Nullable String quorum;

    /**
     * A log whose checkpoints count.
     *
     * @param key its key; the key's name is the origin of its checkpoints
     * @param url where it is, or null
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
     * @param name what this policy calls it
     * @param key its key
     * @param url where checkpoints are submitted to it, or null
     */
    public record Witness(String name, CosignatureVerifier key, @Nullable String url) implements Member {}

    private sealed interface Member {
        String name();
    }

    private record Group(String name, int needed, List<Member> of) implements Member {}

    private Policy() {}

    /**
     * Reads a policy.
     *
     * @param file the file's text, each line with its newline
     * @throws TlogException when it is none; it begins with the number of the line
     */
    public static Policy parse(String file) {
        Policy policy = new Policy();
        if (file.length() > LONGEST) {
            throw new TlogException("a policy of %d characters; at most %d are read".formatted(file.length(), LONGEST));
        }
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
                throw new TlogException("'%s' is none of log, witness, group and quorum".formatted(words.get(0)));
        }
    }

    private void log(List<String> words) {
        checkWords(words, 2, 3, "log VKEY [URL]");
        NoteVerifier key = NoteVerifier.parse(words.get(1));
        if (logs.stream().anyMatch(log -> Arrays.equals(log.key().rawKey(), key.rawKey()))) {
            throw new TlogException("this key is another log's already");
        }
        checkCount(logs.size(), "logs");
        logs.add(new Log(key, words.size() > 2 ? words.get(2) : null));
    }

    private void witness(List<String> words) {
        checkWords(words, 3, 4, "witness NAME VKEY [URL]");
        CosignatureVerifier key = CosignatureVerifier.parse(words.get(2));
        if (witnesses.stream().anyMatch(witness -> Arrays.equals(witness.key().rawKey(), key.rawKey()))) {
            throw new TlogException("this key is another witness's already");
        }
        checkCount(witnesses.size(), "witnesses");
        Witness witness = new Witness(words.get(1), key, words.size() > 3 ? words.get(3) : null);
        define(witness);
        witnesses.add(witness);
    }

    private void group(List<String> words) {
        checkWords(words, 4, Integer.MAX_VALUE, "group NAME all|any|NUMBER MEMBER...");
        checkCount(groups++, "groups");
        List<Member> of = new ArrayList<>();
        for (String name : words.subList(3, words.size())) {
            Member member = members.get(name);
            if (member == null) {
                throw new TlogException("no line above defines '%s'".formatted(name));
            }
            if (!grouped.add(name)) {
                throw new TlogException("'%s' is a member of a group already, and may be one once".formatted(name));
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
                    default -> Strict.decimal(word);
                };
        if (number.isEmpty() || number.getAsLong() < 1 || number.getAsLong() > members) {
            throw new TlogException("'%s' of %d members: all, any or a number from 1 to %d is needed"
                    .formatted(word, members, members));
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
            throw new TlogException("no line above defines '%s'".formatted(name));
        }
        quorum = name;
    }

    private void define(Member member) {
        if (member.name().equals(NONE)) {
            throw new TlogException("'none' can't be defined: it is the quorum of no witness");
        }
        if (members.putIfAbsent(member.name(), member) != null) {
            throw new TlogException("'%s' is defined already".formatted(member.name()));
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

    /** The logs, in the file's order. */
    public List<Log> logs() {
        return List.copyOf(logs);
    }

    /** The witnesses, in the file's order. */
    public List<Witness> witnesses() {
        return List.copyOf(witnesses);
    }

    /** The log that signed a checkpoint: one of this policy's whose name is the origin. */
    public Optional<Log> signer(SignedNote checkpoint) {
        String origin = Checkpoint.parse(checkpoint.text()).origin();
        return logs.stream()
                .filter(log -> log.name().equals(origin) && checkpoint.signedBy(log.key()))
                .findFirst();
    }

    /** Whether one of the logs signed a checkpoint of its own, and enough witnesses cosigned it. */
    public boolean met(SignedNote checkpoint) {
        return missing(checkpoint).isEmpty();
    }

    /** What a checkpoint lacks for {@link #met}, in a sentence; empty when it lacks nothing. */
    public String missing(SignedNote checkpoint) {
        String origin;
        try {
            origin = Checkpoint.parse(checkpoint.text()).origin();
        } catch (TlogException malformed) {
            return String.valueOf(malformed.getMessage());
        }
        if (signer(checkpoint).isEmpty()) {
            return logs.isEmpty()
                    ? "the policy names no log"
                    : "the checkpoint of '%s' is not signed by a log of that name that the policy names: %s"
                            .formatted(origin, logs.stream().map(Log::name).collect(Collectors.joining(", ")));
        }
        Member needed = quorum == null ? null : members.get(quorum);
        Set<String> met = metMembers(checkpoint);
        return needed == null || met.contains(needed.name()) ? "" : "the quorum is not met: " + lack(needed, met);
    }

    private Set<String> metMembers(SignedNote checkpoint) {
        Set<String> met = new HashSet<>();
        for (Member member : members.values()) {
            if (member instanceof Group group && count(group, met) >= group.needed()
                    || member instanceof Witness witness
                            && witness.key().cosigned(checkpoint).isPresent()) {
                met.add(member.name());
            }
        }
        return met;
    }

    private static long count(Group group, Set<String> met) {
        return group.of().stream().filter(member -> met.contains(member.name())).count();
    }

    private static String lack(Member member, Set<String> met) {
        if (member instanceof Group group) {
            List<String> rest = new ArrayList<>();
            for (Member part : group.of()) {
                if (!met.contains(part.name())) {
                    rest.add(lack(part, met));
                }
            }
            return "%s has %d of %d that it needs (%s)"
                    .formatted(group.name(), count(group, met), group.needed(), String.join(", ", rest));
        }
        return "%s did not cosign it".formatted(member.name());
    }
}
