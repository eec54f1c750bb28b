/**
 * The gateway's HTTP: the hot routes of votes, on the server itself, and the other routes, on Spring; what is written for {@code votes},
 * {@code ballots} and {@code auth} is told to clients here.
 */
@NullMarked
package io.votelog.producer.http;

import org.jspecify.annotations.NullMarked;
