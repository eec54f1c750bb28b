/**
 * The Kafka cluster that the log is in: its topics are made here, and it is held to what the log's promises need. What is not so is a
 * finding, with the command that mends it.
 */
@NullMarked
package io.votelog.schemas.cluster;

import org.jspecify.annotations.NullMarked;
