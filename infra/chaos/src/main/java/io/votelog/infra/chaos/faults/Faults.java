// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.load.Ledger;
import io.votelog.infra.system.App;
import java.util.List;

/** All kinds of faults. */
public final class Faults {
    private Faults() {}

    /**
     * All of them, in the order of the tables.
     *
     * @param ledger is told of what is written past the gateways
     * @param twoBuilds whether there is another build to move parts to
     */
    public static List<Fault> all(Ledger ledger, boolean twoBuilds) {
        return List.of(
                new BrokersKilled("broker-kill", 1),
                new BrokersKilled("two-brokers-kill", 2),
                new ControllerKilled("controller-kill"),
                new CoordinatorKilled("coordinator-kill"),
                new AppKilled("gateway-kill", App.PRODUCER),
                new AppKilled("streams-kill", App.STREAMS),
                new SealerKilled("sealer-kill"),
                new StreamsPaused("streams-pause"),
                new BrokerPaused("broker-pause"),
                new LeadersMoved("leader-moves"),
                new BrokersRolled("rolling-brokers"),
                new AppsRolled("rolling-gateways", App.PRODUCER),
                new AppsRolled("rolling-streams", App.STREAMS),
                new StateHarmed("state-deleted", StateHarm.DELETED),
                new StateHarmed("state-torn", StateHarm.TORN),
                new StateHarmed("state-swapped", StateHarm.SWAPPED),
                new NetworkCut("broker-cut-off", NetworkCut.Shape.BROKER_ALONE),
                new NetworkCut("streams-cut-off", NetworkCut.Shape.STREAMS_ALONE),
                new NetworkCut("partition", NetworkCut.Shape.TWO_APART),
                new NetworkCut("partition-one-way", NetworkCut.Shape.ONE_WAY),
                new LinkSlowed("link-slow"),
                new DiskSlow("disk-slow"),
                new DiskFull("disk-full-broker", DiskFull.Disk.BROKER),
                new DiskFull("disk-full-streams", DiskFull.Disk.STREAMS),
                new DiskFull("disk-full-sealer", DiskFull.Disk.SEALER),
                new WrongClock("broker-clock", WrongClock.Whose.BROKER),
                new WrongClock("gateway-clock", WrongClock.Whose.GATEWAY),
                new Poison("poison", ledger),
                new Moved("move-brokers", Moved.Part.BROKERS, twoBuilds),
                new Moved("move-gateways", Moved.Part.GATEWAYS, twoBuilds),
                new Moved("move-streams", Moved.Part.STREAMS, twoBuilds),
                new Moved("move-sealer", Moved.Part.SEALER, twoBuilds));
    }
}
