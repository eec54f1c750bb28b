// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.imports.pabulib;

import java.util.List;

/**
 * A vote, as a row of the file has it.
 *
 * @param line of the row, from 1
 * @param voter the id that the file gives the voter
 * @param projects ids in the order of the file, of projects that may not be there; empty where the voter chose none
 */
public record FileVote(int line, String voter, List<String> projects) {}
