// SPDX-License-Identifier: Apache-2.0
/**
 * Consumers of the topics as somebody else would write them: Kafka's consumer, Avro and the files of {@code schemas}, and no class of
 * Votelog. Programs in other languages, which do the same, are in {@code infra/neighbours/examples}.
 */
@NullMarked
package io.votelog.infra.neighbours;

import org.jspecify.annotations.NullMarked;
