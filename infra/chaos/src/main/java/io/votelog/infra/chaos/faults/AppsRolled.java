// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.Scene;
import io.votelog.infra.system.App;
import io.votelog.infra.system.AppProcess;
import java.time.Duration;
import java.util.Random;

/** All instances of an app are stopped and started again as an operator does it, one after the other. */
record AppsRolled(String name, App app) implements Fault {
    @Override
    public String what() {
        return switch (app) {
            case PRODUCER -> "rolling restart of the gateways";
            case STREAMS -> "rolling restart of the streams-apps";
        };
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        for (AppProcess each : scene.apps(app)) {
            scene.restart(each);
        }
        return new Blow(
                "all of " + app.appName(), Duration.ZERO, () -> {}, Blow.Since.HEAL, Blow::votesCountAndAreTold);
    }
}
