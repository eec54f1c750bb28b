// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/** In which order the page shows the options of a section. */
public enum Order {
    /** As the ballot file lists them. */
    LISTED,
    /** Shuffled by each browser for itself, for a ballot whose order is no ranking. */
    SHUFFLED
}
