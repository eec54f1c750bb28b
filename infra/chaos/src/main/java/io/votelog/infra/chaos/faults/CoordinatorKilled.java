// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Pauses;
import io.votelog.infra.chaos.system.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ListTransactionsResult;
import org.apache.kafka.clients.admin.TransactionState;

/** The broker is killed that coordinates a transaction which is under way, and started again later. */
record CoordinatorKilled(String name) implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public String what() {
        return "kill -9 of the broker that coordinates a transaction under way";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        List<Integer> busy = new ArrayList<>();
        Pauses.until(PATIENCE, () -> busy.addAll(brokersOfTransactions(scene)));
        // Where no broker tells of one, any of them may have one a moment later.
        int broker = busy.isEmpty() ? 1 + random.nextInt(Scene.BROKERS) : busy.get(random.nextInt(busy.size()));
        scene.kafka().kill(broker);
        return new Blow(
                "broker %d, %s".formatted(broker, busy.isEmpty() ? "none was told of" : "ongoing"),
                Blow.seconds(random, 4, 9),
                () -> scene.kafka().restart(broker),
                Blow.Since.STRIKE,
                Blow::votesCount);
    }

    /** The brokers that say that they coordinate a transaction that is under way, a broker as often as it has such. */
    private static List<Integer> brokersOfTransactions(Scene scene) {
        List<Integer> busy = new ArrayList<>();
        try {
            ListTransactionsResult told = scene.admin()
                    .listTransactions(new ListTransactionsOptions().filterStates(EnumSet.of(TransactionState.ONGOING)));
            for (var broker : new TreeMap<>(told.byBrokerId().get()).entrySet()) {
                broker.getValue().get().forEach(transaction -> busy.add(broker.getKey()));
            }
        } catch (ExecutionException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
        return busy;
    }
}
