// SPDX-License-Identifier: Apache-2.0
package io.votelog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.votelog.events.BallotClosed;
import io.votelog.events.BallotEnded;
import io.votelog.events.BallotPublished;
import io.votelog.events.BallotReady;
import io.votelog.events.KeyId;
import io.votelog.events.Sha256;
import io.votelog.events.VoteAnnulled;
import java.security.KeyPair;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureTest {
    private static final KeyPair PAIR = LogSigner.newKeyPair();
    private static final String PUBLIC = LogKeys.publicKeyText(PAIR.getPublic());
    private static final LogSigner SIGNER = LogSigner.of(LogSigner.privateKeyText(PAIR), PUBLIC);
    private static final Sha256 DIGEST = new Sha256(new byte[32]);

    static Stream<Schema> signedEvents() {
        return Stream.of(
                BallotPublished.getClassSchema(),
                BallotReady.getClassSchema(),
                BallotClosed.getClassSchema(),
                BallotEnded.getClassSchema(),
                VoteAnnulled.getClassSchema());
    }

    @ParameterizedTest
    @MethodSource("signedEvents")
    void shouldHaveTheSignatureAsTheLastField(Schema schema) {
        List<Schema.Field> fields = schema.getFields();
        assertThat(fields.get(fields.size() - 1).schema().getName()).isEqualTo("Ed25519Signature");
    }

    @Test
    void shouldSignEveryByteOfARecord() throws Exception {
        byte[] value = SIGNER.closed("fruits", DIGEST, 3);
        BallotClosed closed = Events.decode(value, BallotClosed.class);
        LogKeys keys = LogKeys.of(List.of(PUBLIC));

        assertThat(closed.getPartition()).isEqualTo(3);
        assertThat(keys.signed(value, closed.getKeyId())).isTrue();
        for (int i = 0; i < value.length; i++) {
            byte[] changed = value.clone();
            changed[i] ^= 1;
            assertThat(keys.signed(changed, closed.getKeyId()))
                    .as("byte %d changed", i)
                    .isFalse();
        }
    }

    @Test
    void shouldObeyNoOtherKey() throws Exception {
        byte[] value = SIGNER.ended("fruits", DIGEST, 0);
        KeyId keyId = Events.decode(value, BallotEnded.class).getKeyId();
        LogKeys others =
                LogKeys.of(List.of(LogKeys.publicKeyText(LogSigner.newKeyPair().getPublic())));

        assertThat(others.signed(value, keyId)).isFalse();
        assertThat(others.signed(value, others.keyIds().iterator().next())).isFalse();
    }

    @Test
    void shouldSayWhatIsWrongWithAKey() {
        assertThatThrownBy(() -> LogKeys.of(List.of())).hasMessageContaining("at least one is needed");
        assertThatThrownBy(() -> LogKeys.of(List.of("AAAA"))).hasMessageContaining("'AAAA' is no public key");
        assertThatThrownBy(() -> LogSigner.of("AAAA", PUBLIC)).hasMessageContaining("PKCS #8");
        String other = LogSigner.privateKeyText(LogSigner.newKeyPair());
        assertThatThrownBy(() -> LogSigner.of(other, PUBLIC)).hasMessageContaining("not a pair");
    }
}
