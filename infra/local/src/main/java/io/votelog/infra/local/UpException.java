// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.local;

import io.votelog.infra.system.SystemException;

/** Why {@code infra/up} does not run its system, or not any more. */
final class UpException extends SystemException {
    private static final long serialVersionUID = 1L;

    UpException(String line) {
        super(line);
    }
}
