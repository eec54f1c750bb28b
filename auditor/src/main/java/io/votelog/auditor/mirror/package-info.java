// SPDX-License-Identifier: Apache-2.0
/** Keeps a full, verified copy of a sealed log, which others can verify from. */
@NullMarked
package io.votelog.auditor.mirror;

import org.jspecify.annotations.NullMarked;
