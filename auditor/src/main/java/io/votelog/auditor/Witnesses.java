package io.votelog.auditor;

import io.votelog.auditor.tlog.Policy;
import io.votelog.auditor.tlog.SignedNote;
import io.votelog.auditor.tlog.TlogException;
import io.votelog.auditor.tlog.TlogReader;
import io.votelog.auditor.tlog.WitnessClient;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The witnesses of a sealed log: each is asked to cosign what was signed. One that cannot is said, and holds nothing up. */
final class Witnesses {
    private final List<Policy.Witness> witnesses;
    private final PrintStream err;

    /** A witness keeps what it saw of each tree. */
    private final Map<String, WitnessClient> clients = new HashMap<>();

    Witnesses(Optional<Policy> policy, PrintStream err) {
        this.witnesses = policy.map(Policy::witnesses).orElse(List.of()).stream()
                .filter(witness -> witness.url().isPresent())
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
                cosignatures.add(clients.computeIfAbsent(name, any -> new WitnessClient(witness))
                        .cosign(checkpoint, reader::consistency));
            } catch (TlogException e) {
                err.printf("%s: not cosigned: %s%n", tree.checkpoint().origin(), e.getMessage());
            }
        }
        tree.show(cosignatures);
    }
}
