/**
 * Hosts the topology: configuration, topics, Kafka Streams' life, health and metrics. What it counts is asked for in
 * {@code read}.
 */
@NullMarked
package io.votelog.streams.hosting;

import org.jspecify.annotations.NullMarked;
