// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.chaos.faults;

import java.util.OptionalDouble;

/**
 * A fault that happened, and how the system got over it.
 *
 * @param fault its name
 * @param whom it hit
 * @param atSeconds when it began, in seconds of the run
 * @param recoveredSeconds how long until the system did again what the fault may have stopped; empty where it did not
 * @param trouble why it is no fault that the system has got over; empty where it is
 */
public record Struck(String fault, String whom, double atSeconds, OptionalDouble recoveredSeconds, String trouble) {}
