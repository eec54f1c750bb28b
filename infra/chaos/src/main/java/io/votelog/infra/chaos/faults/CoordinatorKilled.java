// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Scene;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/** The broker is killed that coordinates a transaction which is under way, and started again later. */
record CoordinatorKilled(String name) implements Fault {
    @Override
    public String what() {
        return "kill -9 of the broker that coordinates a transaction under way";
    }

    @Override
    public Blow strike(Scene scene, Random random) {
        TransactionDescription transaction = transaction(scene, random);
        int broker = transaction.coordinatorId();
        scene.kafka().kill(broker);
        return new Blow(
                "broker %d, %s".formatted(broker, transaction.state()),
                Blow.seconds(random, 4, 9),
                () -> scene.kafka().restart(broker),
                Blow.Since.STRIKE,
                Blow::votesCount);
    }

    /** One that is under way, where one is seen. */
    private static TransactionDescription transaction(Scene scene, Random random) {
        try {
            List<String> all = scene.admin().listTransactions().all().get().stream()
                    .sorted(Comparator.comparing((TransactionListing each) -> each.state() != TransactionState.ONGOING)
                            .thenComparing(TransactionListing::transactionalId))
                    .map(TransactionListing::transactionalId)
                    .toList();
            if (all.isEmpty()) {
                throw new IllegalStateException("no broker knows of a transaction");
            }
            Collection<TransactionDescription> described =
                    scene.admin().describeTransactions(all).all().get().values();
            List<TransactionDescription> underWay = described.stream()
                    .filter(each -> each.state() == TransactionState.ONGOING)
                    .toList();
            List<TransactionDescription> choice = underWay.isEmpty() ? List.copyOf(described) : underWay;
            return choice.get(random.nextInt(choice.size()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the brokers do not tell their transactions: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }
}
