// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import io.votelog.infra.chaos.system.ChaosException;
import io.votelog.infra.chaos.system.Scene;
import java.util.List;
import java.util.Optional;
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
        Optional<TransactionDescription> transaction = transaction(scene, random);
        // Where no broker tells of one, any of them may have one a moment later.
        int broker = transaction
                .map(TransactionDescription::coordinatorId)
                .orElseGet(() -> 1 + random.nextInt(Scene.BROKERS));
        scene.kafka().kill(broker);
        return new Blow(
                "broker %d, %s"
                        .formatted(
                                broker,
                                transaction.map(each -> each.state().toString()).orElse("none was told of")),
                Blow.seconds(random, 4, 9),
                () -> scene.kafka().restart(broker),
                Blow.Since.STRIKE,
                Blow::votesCount);
    }

    /** One that is under way, where one is seen. */
    private static Optional<TransactionDescription> transaction(Scene scene, Random random) {
        try {
            List<String> all = scene.admin().listTransactions().all().get().stream()
                    .map(TransactionListing::transactionalId)
                    .sorted()
                    .toList();
            List<TransactionDescription> described = List.copyOf(
                    scene.admin().describeTransactions(all).all().get().values());
            List<TransactionDescription> underWay = described.stream()
                    .filter(each -> each.state() == TransactionState.ONGOING)
                    .toList();
            List<TransactionDescription> choice = underWay.isEmpty() ? described : underWay;
            return choice.isEmpty() ? Optional.empty() : Optional.of(choice.get(random.nextInt(choice.size())));
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("interrupted");
        }
    }
}
