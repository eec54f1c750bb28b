/**
 * What the tests of every module share: a Kafka broker for a test class, from a container engine where one answers and
 * as a child JVM elsewhere, and a reader of whole topics. Nothing here knows Votelog's topics.
 */
@NullMarked
package io.votelog.infra.testing;

import org.jspecify.annotations.NullMarked;
