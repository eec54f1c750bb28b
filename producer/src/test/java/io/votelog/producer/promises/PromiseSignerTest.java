// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.producer.crypto.GatewayKey;
import io.votelog.schemas.LogKeys;
import io.votelog.schemas.LogSigner;
import io.votelog.schemas.Pseudonym;
import io.votelog.schemas.Receipt;
import io.votelog.schemas.promise.Promise;
import io.votelog.schemas.promise.PromisedVote;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That promises hold is checked by the auditor's own code, in its module and against running systems. */
class PromiseSignerTest {
    private final GatewayKey key = GatewayKey.draw(signer());
    private final PromiseSigner promises = new PromiseSigner(key);

    private static LogSigner signer() {
        KeyPair pair = LogSigner.newKeyPair();
        return LogSigner.of(LogSigner.privateKeyText(pair), LogKeys.publicKeyText(pair.getPublic()));
    }

    @AfterEach
    void close() {
        promises.close();
    }

    @Test
    void shouldSignManyAtOnceAndGiveEachOfThemItsPlace() throws Exception {
        int votes = 5_000;
        Map<Integer, Promise> given = new ConcurrentHashMap<>();
        CountDownLatch all = new CountDownLatch(votes);
        for (int at = 0; at < votes; at++) {
            int number = at;
            promises.promise(vote(at), promise -> {
                given.put(number, promise);
                all.countDown();
            });
        }

        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(given).hasSize(votes);
        assertThat(given.values().stream().map(Promise::signature).distinct()).hasSizeLessThan(votes / 10);
        assertThat(given.values()).allSatisfy(promise -> {
            assertThat(promise.size()).isBetween(1, Promise.MOST);
            assertThat(promise.index()).isBetween(0, promise.size() - 1);
            assertThat(promise.key()).isEqualTo(PromisedVote.text(key.record()));
            assertThat(promise.signature()).hasSize(86);
        });
    }

    @Test
    void shouldSignAtOnceBehindItsEnd() {
        List<Promise> given = new ArrayList<>();
        promises.close();
        promises.promise(vote(1), given::add);

        assertThat(given).hasSize(1).doesNotContainNull();
    }

    @Test
    void shouldGoOnWhereOneWhoAskedFails() throws Exception {
        CountDownLatch next = new CountDownLatch(1);
        promises.promise(vote(1), promise -> {
            throw new IllegalStateException("the client has gone");
        });
        promises.promise(vote(2), promise -> next.countDown());

        assertThat(next.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static PromisedVote vote(int number) {
        Receipt receipt = new Receipt(Pseudonym.of(new byte[16]), new UUID(0, number));
        return new PromisedVote("fruits", receipt, 0, number, 1_638_666_123_004L, new byte[32]);
    }
}
