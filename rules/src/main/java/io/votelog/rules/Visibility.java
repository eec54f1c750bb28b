// SPDX-License-Identifier: Apache-2.0
package io.votelog.rules;

/** When a ballot's counts are shown. */
public enum Visibility {
    /** While votes still come in. */
    LIVE,
    /** As soon as the result is final. */
    AFTER_CLOSE
}
