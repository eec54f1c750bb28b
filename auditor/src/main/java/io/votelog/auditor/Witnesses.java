package io.votelog.auditor;

import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogReader;
import io.votelog.auditor.tlog.WitnessClient;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The witnesses of a sealed log: each is asked to cosign what was signed. One that cannot is said, and holds nothing up. */
final class Witnesses {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Policy.Witness> witnesses;
    private final PrintStream err;

    private final Map<String, WitnessClient> clients = new HashMap<>();

    /** What each cosigned last of each tree, so that it need not be asked. */
    private final Map<String, Long> known = new HashMap<>();

    /** @param policy names them; those without an address are not asked */
    Witnesses(Optional<Policy> policy, PrintStream err) {
        this.witnesses = policy.map(Policy::witnesses).orElse(List.of()).stream()
                .filter(witness -> witness.url() != null)
                .toList();
        this.err = err;
    }

    /** Has a tree's checkpoint cosigned by all who can be reached. */
    void ask(SealedTreeWriter tree) {
        if (witnesses.isEmpty()) {
            return;
        }
        SignedNote checkpoint = tree.signed();
        TlogReader reader = tree.reader();
        List<String> cosignatures = new ArrayList<>();
        for (Policy.Witness witness : witnesses) {
            String name = witness.name() + " " + tree.checkpoint().origin();
            try {
                WitnessClient client = clients.computeIfAbsent(
                        witness.name(),
                        any -> new WitnessClient(
                                URI.create(Objects.requireNonNull(witness.url())), witness.key(), PATIENCE));
                cosignatures.addAll(client.cosign(checkpoint, known.getOrDefault(name, 0L), reader::consistency));
                known.put(name, tree.checkpoint().size());
            } catch (TlogException | IllegalArgumentException e) {
                err.printf("%s: not cosigned: %s%n", tree.checkpoint().origin(), e.getMessage());
            }
        }
        tree.show(cosignatures);
    }
}
