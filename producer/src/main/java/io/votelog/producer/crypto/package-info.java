/**
 * From a user's id to a pseudonym: pepper, salts and HMAC, and what a user's id may be. Signatures of tokens are in {@code
 * auth}, those of control records in {@code schemas}.
 */
@NullMarked
package io.votelog.producer.crypto;

import org.jspecify.annotations.NullMarked;
