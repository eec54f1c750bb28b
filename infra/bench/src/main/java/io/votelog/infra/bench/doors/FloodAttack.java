// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

import io.votelog.infra.bench.load.HonestCall;
import io.votelog.infra.bench.load.LoadGenerator;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One address that asks at full speed. */
final class FloodAttack implements Attack {
    private final LoadGenerator generator;
    private final List<Flood> floods = new ArrayList<>();
    private final Gains gains = new Gains();
    private long beganNs;

    FloodAttack(LoadGenerator generator) {
        this.generator = generator;
    }

    /** Over so many connections to that server, these requests. */
    FloodAttack asking(URI server, int connections, HonestCall.Request request) {
        floods.add(new Flood(generator, server, connections, request, gains));
        return this;
    }

    @Override
    public void begin() {
        beganNs = System.nanoTime();
        floods.forEach(Flood::begin);
    }

    @Override
    public String end() {
        String got = gains.aSecond(Duration.ofNanos(System.nanoTime() - beganNs));
        close();
        return got;
    }

    @Override
    public void close() {
        floods.forEach(Flood::close);
    }
}
