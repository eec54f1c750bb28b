/** Whose requests are trusted: bearer tokens, the keys that sign them, and their algorithms. */
@NullMarked
package io.votelog.producer.auth;

import org.jspecify.annotations.NullMarked;
