// SPDX-License-Identifier: Apache-2.0
package io.votelog.auditor.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.votelog.auditor.report.AuditException;
import io.votelog.auditor.source.Outage;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a sealer makes of brokers that do not write a seal: an outage, after which it goes on, or its end. */
class SealsTopicTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(11);

    static List<KafkaException> passing() {
        return List.of(
                new InvalidTxnStateException("seen when two brokers were cut off from one another"),
                new TransactionAbortableException("x"),
                new OutOfOrderSequenceException("x"),
                new UnknownProducerIdException("x"),
                new TimeoutException("x"));
    }

    static List<KafkaException> fencing() {
        return List.of(new ProducerFencedException("x"), new InvalidProducerEpochException("x"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void shouldGoOnAfterWhatTheNextProducerGetsOver(KafkaException cause) {
        assertThat(Outage.is(SealsTopic.refused(cause, AT_ONCE))).isTrue();
        assertThat(Outage.is(SealsTopic.refused(wrapped(cause), AT_ONCE))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("fencing")
    void shouldEndWhereAnotherSealerTookOver(KafkaException cause) {
        AuditException refused = SealsTopic.refused(wrapped(cause), AT_ONCE);
        assertThat(Outage.is(refused)).isFalse();
        assertThat(refused).hasMessageContaining("another sealer has taken over");
    }

    @ParameterizedTest
    @MethodSource("fencing")
    void shouldGoOnWhereTheBrokersEndedATransactionThatWasTooOld(KafkaException cause) {
        assertThat(Outage.is(SealsTopic.refused(cause, LONG))).isTrue();
    }

    /** It may have been paused for so long that another one has used up its epochs. */
    @Test
    void shouldEndWhereTheBrokersKnowAnotherProducer() {
        assertThat(Outage.is(SealsTopic.refused(new InvalidPidMappingException("x"), AT_ONCE)))
                .isFalse();
    }

    @Test
    void shouldEndWhereItMayNotWrite() {
        assertThat(Outage.is(SealsTopic.refused(new TopicAuthorizationException("votelog.seals.v1"), LONG)))
                .isFalse();
    }

    /** As a producer in an error state throws it. */
    private static KafkaException wrapped(KafkaException cause) {
        return new KafkaException("Cannot execute transactional method because we are in an error state", cause);
    }
}
