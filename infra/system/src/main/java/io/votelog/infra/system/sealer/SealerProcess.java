// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.system.sealer;

import io.votelog.infra.broker.ChildJvm;
import io.votelog.infra.system.Address;
import io.votelog.infra.system.AuditorJar;
import io.votelog.infra.system.ChildWait;
import io.votelog.infra.system.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sealer that was started; it serves the sealed log, and stands by while another one seals. */
public final class SealerProcess {
    private final Place place;
    private final ChildJvm child;
    private final Health health = new Health();

    /**
     * Where a sealer is.
     *
     * @param name of its process and its log file
     * @param folder of the sealed log
     * @param http where it serves that
     * @param management its health and metrics
     */
    public record Place(String name, Path folder, Address http, Address management) {}

    /**
     * What all sealers of a log are told.
     *
     * @param key the file that {@code keygen} made
     * @param logPublicKeys the keys that the log obeys, with commas between
     * @param client a file with further settings for Kafka's clients; null where there are none
     */
    public record Log(String bootstrapServers, Path key, String logPublicKeys, @Nullable Path client) {}

    private SealerProcess(Place place, ChildJvm child) {
        this.place = place;
        this.child = child;
    }

    /** Starts one, and does not wait until it is ready. */
    public static SealerProcess start(AuditorJar auditor, Place place, Log log) {
        List<String> arguments = new ArrayList<>(List.of(
                "seal",
                "--bootstrap-servers",
                log.bootstrapServers(),
                "--log",
                place.folder().toString(),
                "--key",
                log.key().toString(),
                "--every",
                "1",
                "--standby",
                "--serve",
                Integer.toString(place.http().port()),
                "--management",
                Integer.toString(place.management().port())));
        for (String publicKey : log.logPublicKeys().split(",")) {
            arguments.addAll(List.of("--public-key", publicKey.strip()));
        }
        Path client = log.client();
        if (client != null) {
            arguments.addAll(List.of("--command-config", client.toString()));
        }
        return new SealerProcess(place, auditor.start(place.name(), arguments.toArray(String[]::new)));
    }

    public String name() {
        return place.name();
    }

    public ChildJvm child() {
        return child;
    }

    /** Whether it says that it is ready; asks it, and waits some seconds for its answer. */
    public boolean ready() {
        return health.ready(place.management());
    }

    /**
     * Returns when it is ready.
     *
     * @throws io.votelog.infra.broker.ChildStartException where it dies, or takes longer
     */
    public void awaitReady(Duration limit) {
        ChildWait.until(child, limit, this::ready);
    }
}
