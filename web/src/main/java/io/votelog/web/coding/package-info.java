/** What goes out compressed is compressed once, for all who take it, be it a document or a stream that never ends. */
@NullMarked
package io.votelog.web.coding;

import org.jspecify.annotations.NullMarked;
