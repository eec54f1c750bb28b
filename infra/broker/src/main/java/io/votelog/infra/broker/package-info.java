/**
 * Real Kafka brokers (KRaft) as child JVMs, started from the jars on the class path and stopped, killed, paused and
 * restarted like the processes that they are. {@link io.votelog.infra.broker.ChildJvm} and
 * {@link io.votelog.infra.broker.Tether} start any other JVM in the same way, so that none outlives its parent.
 */
@NullMarked
package io.votelog.infra.broker;

import org.jspecify.annotations.NullMarked;
