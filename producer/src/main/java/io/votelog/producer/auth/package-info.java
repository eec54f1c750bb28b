/**
 * Authentication: bearer tokens, the keys that sign them, and their algorithms. What a token's scopes allow is decided in
 * {@code http} and {@code votes}; how voters sign in is in {@code pages}.
 */
@NullMarked
package io.votelog.producer.auth;

import org.jspecify.annotations.NullMarked;
