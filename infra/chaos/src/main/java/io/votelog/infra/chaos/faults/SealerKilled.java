// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.chaos.system.Sealer;
import java.util.Random;

/** The sealer is killed (SIGKILL), and started again later on its folder. */
record SealerKilled(String name) implements Fault {
    @Override
    public String what() {
        return "kill -9 of the sealer";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        Sealer sealer = scene.sealer();
        sealer.child().kill();
        return new Blow(
                Sealer.NAME, Blow.seconds(random, 1, 4), sealer::start, Blow.Since.HEAL, new SealedMore(sealer));
    }
}
