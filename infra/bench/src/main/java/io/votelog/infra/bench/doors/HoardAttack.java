// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/** One address that takes connections, or streams, and keeps them. */
final class HoardAttack implements Attack {
    private static final Duration OPENING = Duration.ofSeconds(45);

    private final Gains gains = new Gains();
    private final Hoard hoard;

    /** @param reads whether it reads what it is sent */
    HoardAttack(LoadGenerator generator, URI server, int wanted, boolean reads, HonestCall.Request request) {
        hoard = new Hoard(generator, server, wanted, reads, request, gains);
    }

    @Override
    public void begin() {
        hoard.begin(OPENING);
    }

    @Override
    public String end() {
        String got = String.format(Locale.ROOT, "holds %,d; %s", hoard.held(), gains.total());
        close();
        return got;
    }

    @Override
    public void close() {
        hoard.close();
    }
}
