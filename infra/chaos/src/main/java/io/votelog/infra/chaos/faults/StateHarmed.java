// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.AppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;

/** A streams-app is killed (SIGKILL), its state directory comes to harm, and it is started again on what is left. */
record StateHarmed(String name, StateHarm harm) implements Fault {
    @Override
    public String what() {
        return "a streams-app is killed, and its state directory " + harm.what();
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        AppProcess hit = scene.instances().get(random.nextInt(scene.instances().size()));
        hit.kill();
        Path state = scene.plan().folders().stores().resolve(hit.name());
        try {
            String done = harm.on(state, random);
            return new Blow(
                    hit.name() + ", " + done,
                    Blow.seconds(random, 0, 2),
                    () -> scene.startAgain(hit),
                    Blow.Since.HEAL,
                    Blow::votesCountAndAreTold);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
