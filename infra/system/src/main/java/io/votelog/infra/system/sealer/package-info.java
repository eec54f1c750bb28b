// SPDX-License-Identifier: Apache-2.0
/** Sealers as processes of this machine. */
@NullMarked
package io.votelog.infra.system.sealer;

import org.jspecify.annotations.NullMarked;
