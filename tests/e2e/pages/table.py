"""Every address of the product that is a page."""

from tests.test_access_table import OURS

# addresses that answer with a file, a redirect or nothing, or take a POST only and lead back to a page
NO_PAGES = {
    # buttons of certificates, and their table
    *(f"counter:certificate_{name}" for name in ["release", "pay", "hand", "cancel", "figures_csv"]),
    # a picture, PDFs and the buttons of a layout
    *(f"counter:layout_{name}" for name in ["picture", "preview", "standard", "act"]),
    "notices:staff_made_by_hand",
    "notices:staff_code",
    "notices:token_resume",
    "notices:staff_post_again",
    "notices:staff_return_undone",
    "notices:staff_enclosure",
    "portal:healthz",
    "portal:session_touch",
    "applications:application_start",
    "applications:application_submit",
    "applications:application_copy",
    "applications:attachment",
    "applications:attachment_thumbnail",
    "applications:short_address",
    *(f"reservations:supply_{step}" for step in ["rule_end", "day_reopen", "exception_add", "exception_remove"]),
    "applications:procedure_poster",
    "applications:procedure_qr",
    *(
        f"applications:case_{step}"
        for step in [
            *["take", "assign", "decide", "approve", "send_back"],
            *["hold", "unhold", "complete", "reopen", "message"],
            *["check", "note", "file_add", "file_open", "copy", "assign_many", "filter_save"],
        ]
    ),
    # the letter before it is signed: shown in answer to a POST only
    "applications:case_preview",
    "applications:case_approve_preview",
    # the case with words of the library in its form, the preview of many decisions, an unsigned sample
    *(f"applications:{name}" for name in ["case_reason", "bulk_preview", "bulk_start", "delegate_end"]),
    "applications:letter_preview_pdf",
    *(f"applications:application_{step}" for step in ["edit", "edit_stop", "message", "rate"]),
    "applications:message_file",
    "applications:staff_filing_start",
    *(f"applications:survey_{name}" for name in ["begin", "act", "export", "files", "file"]),
    *(
        f"applications:{name}"
        for name in ["guest_start", "guest_open", "guest_renew", "guest_leave", "guest_take_over"]
    ),
    *(f"applications:{name}" for name in ["practice_start", "practice_end", "mandate_revoke"]),
    *(f"residents:{name}" for name in ["member_invite", "invitation_answer", "invitation_cancel"]),
    "applications:rating_export",
    *(f"applications:fee_{step}" for step in ["pay", "exempt", "reverse", "remind", "close", "export", "receipt"]),
    "applications:closing_print",
    *(f"applications:disposal_{step}" for step in ["plan", "export", "approve", "cancel"]),
    "applications:case_keep",
    *(f"applications:extract_{name}" for name in ["column_move", "cancel", "download", "characters"]),
    *(f"applications:{name}" for name in ["case_print", "case_print_many"]),
    "applications:inventory_export",
    *(f"applications:design_{name}" for name in ["act", "state", "keep", "restore", "field_preview", "trial_clear"]),
    *(f"applications:guide_{name}" for name in ["pdf", "tick", "share", "unshare", "forget"]),
    *(f"applications:guide_try_{name}" for name in ["tick", "forget"]),
    *(f"applications:staff_guide_{name}" for name in ["publish", "public", "file"]),
    *(f"applications:report_{name}" for name in ["draft_photo", "photo", "thumbnail", "open", "leave"]),
    "applications:staff_report_export",
    *(
        f"applications:staff_report_{step}"
        for step in [
            *["take", "assign", "start", "answer", "done", "not_ours"],
            *["reopen", "merge", "unmerge", "move", "note", "publish"],
        ]
    ),
    # links of mails, steps that lead back to a page, a file for calendars
    *(f"reservations:{name}" for name in ["link_open", "waiting_open", "reservation_ics", "reservation_leave"]),
    *(f"reservations:waiting_{step}" for step in ["accept", "leave"]),
    *(f"reservations:staff_{step}" for step in ["check_in", "arrive", "no_show", "finish", "waiting_act", "phoned"]),
    *(f"reservations:desk_{step}" for step in ["state", "next", "act", "priority", "sign_off", "break", "break_end"]),
    *(f"reservations:desk_{step}" for step in ["alarm", "alarm_answer", "alarm_close"]),
    *(f"reservations:{name}" for name in ["ticket_state", "ticket_away", "ticket_alert", "display_state"]),
    *(f"reservations:{name}" for name in ["waiting_state", "floor_map", "queue_figures_csv"]),
    *(f"reservations:{name}" for name in ["draw_entries", "draw_results", "staff_draw_cancel"]),
    *(f"reservations:{name}" for name in ["pickup_open", "pickup_leave", "staff_roster_csv"]),
    *(f"reservations:staff_{name}" for name in ["class_publish", "session_add"]),
    *(f"reservations:staff_pickup_{step}" for step in ["ready", "hand_over", "cancel"]),
    "notices:notice_open",
    "notices:notice_confirm",
    "notices:notice_document",
    # acts of an open notice and files
    *(f"notices:notice_{name}" for name in ["code", "archive", "reply", "file"]),
    *(f"notices:{name}" for name in ["campaign_people_export", "campaign_remind", "reply_answer", "staff_proof"]),
    # buttons, a sample letter, a table and the state of a bar
    *(f"notices:campaign_{step}" for step in ["enclosures", "leave_out", "decide", "letter", "problems", "progress"]),
    *(f"notices:campaign_{step}" for step in ["hand_in", "take_back", "approve", "send", "reschedule"]),
    *(f"notices:campaign_{step}" for step in ["pause", "resume", "cancel", "resend"]),
    "notices:staff_document",
    "notices:staff_withdraw",
    "notices:staff_returned",
    *(f"notices:failure_{step}" for step in ["retry", "retry_all", "settle"]),
    # acts of the page of channels, what browsers load and others tell us; linking shows only where LINE is set up
    *(f"notices:{name}" for name in ["choices_save", "push_add", "push_end", "line_link", "line_unlink"]),
    *(f"notices:number_{step}" for step in ["start", "prove", "end"]),
    *(f"notices:{name}" for name in ["address_lift", "service_worker", "manifest", "line_hook", "mail_hook"]),
    *(f"notices:{name}" for name in ["topic_push", "news_send"]),
    # acts and files of circulars; the code of a tablet answers a POST
    *(f"notices:circular_{step}" for step in ["publish", "withdraw", "staff_file", "copies", "paper", "home_end"]),
    *(f"notices:circular_{step}" for step in ["tablet_code", "tablet_off", "join", "leave", "read", "file"]),
    *(f"notices:tablet_{step}" for step in ["read", "file"]),
    # files, and a letter in answer to a POST
    *(f"notices:kind_{name}" for name in ["sample", "text_letter", "file"]),
    "notices:letter_run_archive",
    "notices:letter_run_create",
    "notices:letter_run_file",
    "notices:letter_run_posted",
    "notices:letter_settle",
    "notices:letter_window_sample",
    # the ways in which a visit begins, and its buttons
    "counter:visit",
    *(f"counter:visit_{name}" for name in ["start", "start_code", "code", "take_over", "resume"]),
    *(f"counter:visit_{name}" for name in ["add", "drop", "move_up", "put_back", "begin_questions"]),
    # buttons of a visit, and a table
    *(f"counter:visit_{name}" for name in ["renew", "back", "figures_csv"]),
    # buttons of a prefill, and its code on paper
    *(f"counter:home_{name}" for name in ["new", "leave", "remove", "keep", "sheet", "card"]),
    *(f"counter:home_booking_{name}" for name in ["go", "attach", "detach"]),
    *(f"counter:entry_{name}" for name in ["begin", "wipe", "finish", "ticket"]),
    # buttons of an import
    *(f"counter:move_in_{name}" for name in ["apply", "discard", "retry"]),
    # buttons of its end, and what is printed there
    *(f"counter:visit_{name}" for name in ["rate", "finish", "slips", "guide_sheet", "forms"]),
    *(f"counter:visit_{name}" for name in ["invite", "invitation_answer"]),
    # what a tablet loads for when there is no network, and the sheets of paper
    *(f"counter:{name}" for name in ["visit_worker", "certificate_worker", "visit_sheet", "visit_paper_day"]),
    # what a card said, and leave to read one
    *(f"counter:{name}" for name in ["visit_card", "visit_card_order"]),
    # buttons of the corner for the bereaved, and its papers
    *(f"counter:bereavement_{name}" for name in ["withdraw", "prepare_all", "prepare", "telephone", "print", "begin"]),
    *(f"counter:bereavement_{name}" for name in ["take", "add", "step", "family_print", "close", "reopen"]),
    "counter:bereavement_sheet_print",
}
ALL_PAGES = {address.name for address in OURS if not address.is_json} - NO_PAGES
