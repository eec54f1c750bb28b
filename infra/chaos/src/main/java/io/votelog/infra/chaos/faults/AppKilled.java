// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.load.Mark;
import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import java.util.Random;
import java.util.function.Predicate;

/** An instance of an app is killed (SIGKILL), and started again later on its data. */
record AppKilled(String name, App app) implements Fault {
    @Override
    public String what() {
        return switch (app) {
            case PRODUCER -> "kill -9 of a gateway";
            case STREAMS -> "kill -9 of a streams-app";
        };
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        int number = random.nextInt(scene.apps(app).size());
        AppProcess hit = scene.apps(app).get(number);
        hit.kill();
        // Voters go to another gateway at once, so it is the killed one that is waited for; of the streams-apps another
        // one takes over.
        Predicate<Mark> recovered =
                switch (app) {
                    case PRODUCER -> mark -> mark.ackedBy(number);
                    case STREAMS -> Blow::votesCountAndAreTold;
                };
        return new Blow(
                hit.name(),
                Blow.seconds(random, 2, 8),
                () -> scene.startAgain(hit),
                app == App.PRODUCER ? Blow.Since.HEAL : Blow.Since.STRIKE,
                recovered);
    }
}
