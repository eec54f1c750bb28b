/**
 * The ballot and the rules by which a vote is judged: one place, used by the edge, the topology and the auditor alike.
 * Pure Java: nothing here reads a clock, a file or a network.
 */
@NullMarked
package io.votelog.rules;

import org.jspecify.annotations.NullMarked;
