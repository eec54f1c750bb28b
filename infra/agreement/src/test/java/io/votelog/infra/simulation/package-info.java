// SPDX-License-Identifier: Apache-2.0
/**
 * The whole count in one thread, from a seed: the real processors and voters' files on simulated brokers, instances and clock. {@link
 * io.votelog.infra.simulation.SimulationTest} runs histories and has every law checked after each.
 */
package io.votelog.infra.simulation;
