/**
 * What the gateway is held against: the same vote taken by an annotated Spring MVC controller with a {@code KafkaTemplate}, as
 * most would write it. It checks the token, not the ballot's rules. What it must make as the gateway does, the account of a load
 * makes with it: pseudonyms and derived ids of votes.
 */
@NullMarked
package io.votelog.infra.bench.peer;

import org.jspecify.annotations.NullMarked;
