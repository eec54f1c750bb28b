/**
 * What a gateway promises with its acknowledgement of a vote, as bytes that strangers can check: {@link PromisedVote} is what is
 * promised, {@link Promise} the evidence. Gateways make it, the auditor holds it against the log.
 */
@NullMarked
package io.votelog.schemas.promise;

import org.jspecify.annotations.NullMarked;
