// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.traces;

import io.micrometer.common.KeyValues;
import org.springframework.http.server.reactive.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/**
 * What metrics and traces tell of a request to a route of Spring's: its method, the route's template and the status. The path itself is left
 * out, since it may name a receipt or a voter.
 */
final class RequestObservations extends DefaultServerRequestObservationConvention {
    @Override
    public KeyValues getHighCardinalityKeyValues(ServerRequestObservationContext request) {
        return KeyValues.empty();
    }
}
