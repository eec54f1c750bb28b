/**
 * Replays the log and compares. Nothing here uses the code that counts: the ballot and the check of a vote's form come from
 * {@code rules}, the bytes' meaning from {@code schemas}; who voted before, what a verdict is and what adds up are written
 * here for themselves.
 */
@NullMarked
package io.votelog.auditor;

import org.jspecify.annotations.NullMarked;
