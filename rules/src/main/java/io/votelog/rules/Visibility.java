// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/** When the counts can be seen. */
public enum Visibility {
    /** While the vote goes on. */
    LIVE,
    /** Once the result is final. */
    AFTER_CLOSE
}
