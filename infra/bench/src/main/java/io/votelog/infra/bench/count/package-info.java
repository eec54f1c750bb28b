/** The count of a log that is already there, beside what Kafka Streams does with it and without. */
@NullMarked
package io.votelog.infra.bench.count;

import org.jspecify.annotations.NullMarked;
