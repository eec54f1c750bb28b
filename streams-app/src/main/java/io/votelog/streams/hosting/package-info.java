/**
 * Runs the topology: the two Kafka Streams from start to stop, their settings, the topics and changelogs they need, health,
 * metrics, and what happens when something fails. How votes are decided and counted is in {@code topology}; what clients ask
 * for is in {@code read}.
 */
@NullMarked
package io.votelog.streams.hosting;

import org.jspecify.annotations.NullMarked;
