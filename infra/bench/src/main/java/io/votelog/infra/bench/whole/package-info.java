/**
 * What a team would use instead of a log: the gateway's HTTP server in front of PostgreSQL or Redis, which check for duplicates and count
 * within the request. They are held against the whole way of a vote through Votelog, from its request to the published results.
 */
@NullMarked
package io.votelog.infra.bench.whole;

import org.jspecify.annotations.NullMarked;
