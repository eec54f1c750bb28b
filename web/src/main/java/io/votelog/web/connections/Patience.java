// SPDX-License-Identifier: Apache-2.0
package io.votelog.web.connections;

import java.time.Duration;

/**
 * How long a client may take.
 *
 * @param pause between two parts of a request's body, and until a new connection's first request is there
 * @param body for all of a body
 * @param idle between an answer and the next request, and between two parts of an answer that it takes
 */
public record Patience(Duration pause, Duration body, Duration idle) {}
