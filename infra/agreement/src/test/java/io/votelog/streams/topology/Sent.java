// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.topology;

import org.apache.kafka.common.header.Headers;

/** A record that a task sends, which is in its topic when the task's transaction is committed. */
public record Sent(String topic, int partition, byte[] key, byte[] value, Headers headers) {}
