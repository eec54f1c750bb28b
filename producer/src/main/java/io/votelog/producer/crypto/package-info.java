/** What turns a user's id into a pseudonym: pepper, salts and HMAC. */
@NullMarked
package io.votelog.producer.crypto;

import org.jspecify.annotations.NullMarked;
