//! What a refused file is, or what is wrong with it: stable codes and sentences for its owner.
//!
//! Every sentence ends with what to do next. Which HTTP status goes with it is decided elsewhere.

macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $code:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every value, for documentation and tests.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable code, snake_case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// One sentence for the reader in Chinese, with what to do next.
            pub fn sentence_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            /// The same in English.
            pub fn sentence_en(self) -> &'static str {
                match self { $(Self::$variant => $en,)+ }
            }
        }
    };
}

refusals! {
    /// What the content of an unsupported file was recognised as.
    Kind {
        /// A document of Word before 1997.
        OldDoc => "old_doc",
            "这是 Word 95 或更早版本的文档。请用 WPS 或 Word 打开，另存为 docx 后重新上传。",
            "This is a document of Word 95 or earlier. Open it in WPS or Word, save it as docx and upload that.";
        /// Rich Text Format.
        Rtf => "rtf",
            "这是 RTF 文档。请用 WPS 或 Word 打开，另存为 docx 后重新上传。",
            "This is an RTF document. Open it in WPS or Word, save it as docx and upload that.";
        /// An OFD layout document (GB/T 33190).
        Ofd => "ofd",
            "这是 OFD 版式文件，不能作为正文读取。请用 WPS 或 Word 打开原稿，另存为 docx 后重新上传。",
            "This is an OFD layout file, whose text cannot be taken over. Open the draft it was made from in WPS or Word, save it as docx and upload that.";
        /// A spreadsheet of ISO/IEC 29500.
        Xlsx => "xlsx",
            "这是电子表格。请把正文放入文字文档，另存为 docx 后重新上传。",
            "This is a spreadsheet. Put the text into a word-processor document, save it as docx and upload that.";
        /// A presentation of ISO/IEC 29500.
        Pptx => "pptx",
            "这是演示文稿。请把正文放入文字文档，另存为 docx 后重新上传。",
            "This is a presentation. Put the text into a word-processor document, save it as docx and upload that.";
        /// A docx with macros.
        Docm => "docm",
            "这是带宏的 Word 文档。请用 WPS 或 Word 打开，另存为不带宏的 docx 后重新上传。",
            "This is a Word document with macros. Open it in WPS or Word, save it as docx without macros and upload that.";
        /// A binary spreadsheet or presentation.
        OldOffice => "old_office",
            "这是旧版电子表格或演示文稿。请把正文放入文字文档，另存为 docx 后重新上传。",
            "This is an old spreadsheet or presentation. Put the text into a word-processor document, save it as docx and upload that.";
        /// An OLE file without any known stream.
        Ole => "ole",
            "这是旧版办公软件的文件，未能认出其中的文档。请用生成它的软件打开，另存为 docx 后重新上传。",
            "This is a file of an old office program in which no document was recognised. Open it in the program it comes from, save it as docx and upload that.";
        /// Another OpenDocument file than a text.
        OpenDocument => "open_document",
            "这是 OpenDocument 的表格、演示或图形文件。请把正文放入文字文档，另存为 docx 后重新上传。",
            "This is an OpenDocument spreadsheet, presentation or drawing. Put the text into a word-processor document, save it as docx and upload that.";
        /// A ZIP file without a document.
        Zip => "zip",
            "这是压缩包，不是文档。请解压后上传其中的 docx 文件。",
            "This is a ZIP archive and not a document. Unpack it and upload the docx file inside.";
        /// Another archive.
        Archive => "archive",
            "这是压缩包，不是文档。请解压后上传其中的 docx 文件。",
            "This is an archive and not a document. Unpack it and upload the docx file inside.";
        /// A picture.
        Image => "image",
            "这是图片，其中没有可读取的文字。请上传原稿的 docx 文件。",
            "This is a picture and holds no text. Upload the docx file of the draft.";
        /// A program.
        Executable => "executable",
            "这是程序文件，不是文档。请检查文件来源是否可靠，并上传原稿的 docx 文件。",
            "This is a program and not a document. Check where it comes from, and upload the docx file of the draft.";
        /// A web page.
        Html => "html",
            "这是网页文件。请用 WPS 或 Word 打开，另存为 docx 后重新上传。",
            "This is a web page. Open it in WPS or Word, save it as docx and upload that.";
        /// Some XML, among it the single-file forms of office documents.
        Xml => "xml",
            "这是 XML 文件。请用 WPS 或 Word 打开，另存为 docx 后重新上传。",
            "This is an XML file. Open it in WPS or Word, save it as docx and upload that.";
        /// Binary content without a known signature.
        Unknown => "unknown_binary",
            "未能认出文件的类型。请把正文另存为 docx，或另存为 UTF-8 编码的 txt 后重新上传。",
            "The type of this file was not recognised. Save the text as docx, or as txt in UTF-8, and upload that.";
    }
}

refusals! {
    /// Why a file of a supported type gave no text.
    Reason {
        /// Its content is encrypted, so that a password is needed to open or to change it.
        Encrypted => "encrypted",
            "文件已加密（设有打开密码或权限密码）。请在 WPS、Word 或原来的软件中取消密码，保存后重新上传。",
            "The file is encrypted: it is protected by a password. Remove that in WPS, Word or the program it comes from, save and upload again.";
        /// The end of the package is missing.
        Truncated => "truncated",
            "文件不完整，可能没有传完或没有保存好。请确认能够正常打开后重新上传。",
            "The file is incomplete, as after a broken transfer. Check that it opens, and upload it again.";
        /// The package cannot be unpacked.
        DamagedPackage => "damaged_package",
            "文件已损坏，无法解开。请用 WPS 或 Word 打开并另存为 docx 后重新上传。",
            "The file is damaged and cannot be unpacked. Open it in WPS or Word, save it as docx again and upload that.";
        /// Two entries have the same name or share bytes: programs would read different texts.
        AmbiguousPackage => "ambiguous_package",
            "文件内部有重名或重叠的部分，不同软件会读出不同的内容。请用 WPS 或 Word 打开，核对后另存为新的 docx 再上传。",
            "Parts of the file have the same name or overlap, so that programs would read different texts. Open it in WPS or Word, check it, save it as a new docx and upload that.";
        /// Unpacking would take more than the limit.
        Bomb => "unpacked_too_large",
            "文件解开后过大，已停止读取。请用 WPS 或 Word 打开，删去无关内容后另存为 docx 再上传。",
            "The file grows too large when unpacked, and reading was stopped. Open it in WPS or Word, remove what does not belong to the text, save it as docx and upload that.";
        /// More entries in the package than the limit.
        TooManyEntries => "too_many_entries",
            "文件内部的部分过多。请用 WPS 或 Word 打开，另存为新的 docx 后再上传。",
            "The file has too many parts inside. Open it in WPS or Word, save it as a new docx and upload that.";
        /// Elements nested beyond the limit.
        TooDeep => "too_deep",
            "文件内部的嵌套过深。请用 WPS 或 Word 打开，拆开层层嵌套的表格或文本框后另存为 docx 再上传。",
            "The file is nested too deeply inside. Open it in WPS or Word, take apart the nested tables or text boxes, save it as docx and upload that.";
        /// More elements than the limit.
        TooManyNodes => "too_many_nodes",
            "文件内部的元素过多。请把正文复制到新文档，另存为 docx 后再上传。",
            "The file has too many elements inside. Copy the text to a new document, save it as docx and upload that.";
        /// A document type declaration, which could declare entities.
        DtdDeclared => "dtd_declared",
            "文件内部含有文档类型声明（DTD），正常的 docx 没有这种内容。请检查文件来源，用 WPS 或 Word 另存为新的 docx 后再上传。",
            "The file declares a document type (DTD), which no genuine docx does. Check where it comes from, save it as a new docx in WPS or Word and upload that.";
        /// XML that is not well-formed.
        BrokenXml => "broken_xml",
            "文件内部的 XML 已损坏。请用 WPS 或 Word 打开并修复，另存为 docx 后重新上传。",
            "The XML inside the file is damaged. Open and repair it in WPS or Word, save it as docx and upload that.";
        /// An automatic number whose words are longer than word processors take.
        LabelTooLong => "label_too_long",
            "自动编号的格式超过 255 个字。请在 WPS 或 Word 中改短编号格式，另存为 docx 后重新上传。",
            "The format of an automatic number has more than 255 characters. Shorten it in WPS or Word, save as docx and upload that.";
        /// Numbers that fields count and whose values the file does not hold.
        UncountedNumbers => "uncounted_numbers",
            "正文中有用域（AUTONUM 或 LISTNUM）生成的编号，文件中没有保存编号的值。请在 WPS 或 Word 中把这些编号改为文字或自动编号，另存为 docx 后重新上传。",
            "Fields (AUTONUM or LISTNUM) make numbers in the text whose values the file does not hold. Turn them into text or automatic numbers in WPS or Word, save as docx and upload that.";
        /// A formula with an element whose signs are not known.
        UnknownFormula => "unknown_formula",
            "正文中有无法读取的公式。请在 WPS 或 Word 中把公式改为文字（如“a/b”），另存为 docx 后重新上传。",
            "A formula in the text cannot be read. Turn it into text such as a/b in WPS or Word, save as docx and upload that.";
        /// A box or a list of a form whose choice cannot be read.
        UnreadForm => "unread_form",
            "正文中有复选框或下拉框窗体域，无法读取其所选的内容。请在 WPS 或 Word 中把它们改为文字（如“☑”“□”），另存为 docx 后重新上传。",
            "Check boxes or drop-down lists of a form stand in the text, and what was chosen cannot be read. Turn them into text in WPS or Word, save as docx and upload that.";
        /// A chart or diagram with words that stand apart from the text.
        UnreadGraphic => "unread_graphic",
            "正文中有图表或 SmartArt 等图形，其中的文字无法读取。请在 WPS 或 Word 中把其中的文字写入正文或表格，并把图形改为图片，另存为 docx 后重新上传。",
            "A chart, SmartArt or another drawing in the text has words that cannot be read. Write them into the text or a table and turn the drawing into a picture in WPS or Word, save as docx and upload that.";
        /// A package of an office document without its main part.
        NoDocumentPart => "no_document_part",
            "文件内没有正文部分。请用 WPS 或 Word 打开，另存为 docx 后重新上传。",
            "The file has no document part. Open it in WPS or Word, save it as docx and upload that.";
        /// The text is in another document that is only embedded or linked.
        EmbeddedDocument => "embedded_document",
            "正文中嵌入或链接了另一份文档或对象（如电子表格、公式对象），其文字不在本文件的正文里。请用 WPS 或 Word 打开，把内容写入正文后另存为 docx 再上传。",
            "Another document or an object, such as a spreadsheet or a formula, is embedded or linked in the text, and its words are no part of this one. Open it in WPS or Word, write the contents into the text, save as docx and upload that.";
        /// A doc whose structure cannot be followed.
        DamagedDoc => "damaged_doc",
            "doc 文件已损坏，无法读取。请用 WPS 或 Word 打开并修复，另存为 docx 后重新上传。",
            "The doc file is damaged and cannot be read. Open and repair it in WPS or Word, save it as docx and upload that.";
        /// A PDF whose structure cannot be followed.
        DamagedPdf => "damaged_pdf",
            "PDF 文件已损坏，无法读取。请确认能够正常打开，并上传原稿的 docx 文件或重新导出的 PDF。",
            "The PDF is damaged and cannot be read. Check that it opens, and upload the docx file of the draft or a PDF that was exported again.";
        /// A PDF whose fonts do not say which characters they show.
        UnknownGlyphs => "unknown_glyphs",
            "PDF 中的字体没有说明所显示的是什么字，无法可靠地读出正文。请上传原稿的 docx 文件。",
            "The fonts of the PDF do not say which characters they show, so that its text cannot be relied on. Upload the docx file of the draft.";
        /// More pages than the limit.
        TooManyPages => "too_many_pages",
            "PDF 的页数过多，已停止读取。请只保留正文，重新导出后上传。",
            "The PDF has too many pages, and reading was stopped. Keep the text alone, export it again and upload that.";
        /// No visible character.
        EmptyText => "empty_text",
            "文件中没有文字，可能是扫描图片。请上传含有文字的原稿。",
            "The file holds no text; it may be a scanned picture. Upload the draft with its text.";
        /// Bytes that fit none of the encodings.
        BadEncoding => "bad_encoding",
            "文本的编码无法识别或已损坏。请用记事本打开核对，另存为 UTF-8 编码后重新上传。",
            "The encoding of the text was not recognised, or the text is damaged. Open it in an editor, check it, save it in UTF-8 and upload that.";
        /// The file is over the limit.
        TooLarge => "too_large",
            "文件过大。请压缩或删去其中的图片后重新上传。",
            "The file is too large. Compress or remove its pictures and upload it again.";
        /// The text is over the limit.
        TooLong => "too_long",
            "正文过长。请把附件拆为单独的文件后重新上传。",
            "The text is too long. Move its attachments to files of their own and upload it again.";
    }
}
