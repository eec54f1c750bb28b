/**
 * Runs the whole of Votelog on one machine: real brokers, both sides, the seed's ballot, and on request invented voters.
 * One process starts the others as its children, says in one line what goes wrong, and leaves none of them behind.
 */
@NullMarked
package io.votelog.infra.local;

import org.jspecify.annotations.NullMarked;
