/**
 * The gateway's HTTP: the votes' hot routes, which the server calls directly, the other routes, which Spring serves, and how
 * both write their answers. What is asked for is done in {@code votes}, {@code ballots} and {@code auth}; pages for people are
 * in {@code pages}.
 */
@NullMarked
package io.votelog.producer.http;

import org.jspecify.annotations.NullMarked;
