/** What an audit says: steps, progress, and why it cannot be run. */
@NullMarked
package io.votelog.auditor.report;

import org.jspecify.annotations.NullMarked;
