/**
 * What the gateway is held against: the same vote taken by an annotated Spring MVC controller with a {@code KafkaTemplate}, as
 * most would write it. It checks the token, not the ballot's rules.
 */
@NullMarked
package io.votelog.infra.bench.peer;

import org.jspecify.annotations.NullMarked;
